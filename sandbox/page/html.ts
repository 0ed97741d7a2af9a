/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A page of the local Discord with one card in the middle. The body is HTML already. */
export function cardPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Local Discord</title>
<link rel="icon" type="image/png" href="/icons/0/local.png">
<link rel="stylesheet" href="/page/style.css">
</head>
<body class="card-page">
<header class="bar"><a class="brand" href="/">Local Discord</a><span class="hint">A stand-in on this machine. Nothing here reaches discord.com.</span></header>
<main class="card">
${body}
</main>
</body>
</html>
`;
}

/** One person to pick, as a radio button with picture and name. */
export function personChoice(user: PersonChoice): string {
  const name = user.globalName ?? user.username;
  return `<label class="choice"><input type="radio" name="user_id" value="${user.id}"${user.isChecked ? ' checked' : ''} required>
<img src="/avatars/${user.id}/default.png" alt="" width="32" height="32"><span><strong>${escapeHtml(name)}</strong> <small>${escapeHtml(user.username)}</small></span></label>`;
}

interface PersonChoice {
  readonly id: string;
  readonly username: string;
  readonly globalName: string | null;
  readonly isChecked: boolean;
}
