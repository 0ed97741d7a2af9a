/** The hash under which the picture of a user or a server is found: pictures are drawn from the id, so it says no more. */
export function pictureHash(id: string): string {
  return BigInt(id).toString(16).padStart(32, '0');
}
