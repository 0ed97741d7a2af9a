/** What must never leave the process: SQL, stacks, paths of this machine, names of our own tables and libraries. */
export const INTERNALS =
  /select .+ from |insert into|update .* set|syntax error at|relation "|discord_[a-z]+_[a-z]+|\bat .*\(.*:\d+:\d+\)|node_modules|\/(?:work|home|src|dist)\/|QueryFailedError|TypeError|postgres/i;
