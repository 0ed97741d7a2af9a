import { type Request } from '../api/request';
import { myDiscordData } from './me.generated';

/** Everything that is kept about the viewer, as a file. @throws RequestError */
export async function downloadMyData(request: Request): Promise<void> {
  const { myDiscordData: data } = await request(myDiscordData, {});
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = 'my-discord-data.json';
  anchor.click();
  URL.revokeObjectURL(url);
}
