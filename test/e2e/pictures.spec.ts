import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type ProcessRole } from '../../src/config/config';
import { Service } from './support/service';

const HASH = 'a'.repeat(32);
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

describe('pictures of people and servers', () => {
  let service: Service;
  let cdn: Server;
  let token: string;
  const asked: string[] = [];

  beforeAll(async () => {
    cdn = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      if (path.includes('/1/')) response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
      else if (path.includes('/2/'))
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(300 * 1024));
      else if (path.includes('/3/')) response.writeHead(200, { 'content-type': 'text/html' }).end('<script></script>');
      else if (path.includes('/4/')) response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      else if (path.includes('/5/')) response.writeHead(500).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
    const prepared = await Service.start({ started: false });
    const authorizeUrl = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}/oauth2/authorize`;
    service = prepared;
    await service.up({
      config: { roles: new Set<ProcessRole>(['api']), discord: { ...prepared.config.discord, authorizeUrl } },
    });
    token = await service.token(await service.createUser('Ayu Wulandari'));
  }, 60_000);
  afterAll(async () => {
    await service.close();
    cdn.closeAllConnections();
    await new Promise((resolve) => cdn.close(resolve));
  });

  const get = (path: string) =>
    fetch(`${service.url}/pictures/${path}`, { headers: { authorization: `Bearer ${token}` } });

  it('are asked of Discord once, and kept', async () => {
    const answers = await Promise.all([get(`avatars/1/${HASH}`), get(`avatars/1/${HASH}`)]);
    answers.push(await get(`avatars/1/${HASH}`));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(answer.headers.get('cache-control')).toBe('private, max-age=86400');
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(PNG);
    }
    expect(asked.filter((path) => path.includes('/1/'))).toEqual([`/avatars/1/${HASH}.png?size=96`]);
  });

  it.each([
    ['too large', 2, 404],
    ['not a picture', 3, 404],
    ['somewhere else', 4, 503],
    ['broken at Discord', 5, 503],
    ['not there', 6, 404],
  ])('are not passed on when they are %s', async (_, id, status) => {
    const answer = await get(`icons/${id}/${HASH}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('are only what Discord calls so: no other address is asked', async () => {
    const before = asked.length;
    for (const path of [`emojis/1/${HASH}`, `avatars/x/${HASH}`, 'avatars/1/..%2f..%2fx', `avatars/1/${HASH}.html`])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expect(asked.length).toBe(before);
  });
});
