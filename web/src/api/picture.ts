import { useQuery } from '@tanstack/react-query';
import { send } from './request';
import { type Service, useService } from './service';

/**
 * What an `img` shows of a picture that the service has, null until it is there. In a page of another site no cookie says
 * who asks for it, so it is fetched with the token.
 * @param path at the service
 */
export function usePicture(path: string | null): string | null {
  const service = useService();
  const isOwn = service.getToken === null;
  const { data } = useQuery({
    queryKey: ['picture', path],
    queryFn: ({ signal }) => fetchPicture(service, path ?? '', signal),
    enabled: path !== null && !isOwn,
    // Another picture has another path.
    staleTime: 'static',
    retry: false,
  });
  return isOwn ? path : (data ?? null);
}

async function fetchPicture(service: Service, path: string, signal: AbortSignal): Promise<string | null> {
  const response = await send(path, { signal }, service);
  return response.ok ? dataUrl(await response.blob()) : null;
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error('The picture cannot be read.'));
    reader.readAsDataURL(blob);
  });
}
