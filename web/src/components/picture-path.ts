/**
 * Where the service itself shows a picture of Discord's: nothing is fetched from another site.
 * @param url as the API names it, `…/avatars/<id>/<hash>.png` or `…/icons/<id>/<hash>.png`
 */
export function picturePath(url: string | null): string | null {
  const [, kind, id, hash] = /\/(avatars|icons)\/(\d+)\/((?:a_)?[0-9a-f]+)\.\w+$/.exec(url ?? '') ?? [];
  return kind && id && hash ? `/pictures/${kind}/${id}/${hash}` : null;
}
