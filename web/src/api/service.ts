import { createContext, useContext } from 'react';

/**
 * Gets the platform's token of whoever looks. Asked before every request, so it should know the token already as a rule.
 * @param refused the token that the service has just refused (it has expired, perhaps): then a new one is to be got
 */
export type GetToken = (refused: string | null) => string | Promise<string>;

/** The service that is asked, and how it knows who asks. */
export interface Service {
  /** Its address without a slash at the end; empty in its own pages. */
  readonly url: string;
  /** Null in its own pages, where the session's cookie tells. */
  readonly getToken: GetToken | null;
}

export const OWN_SERVICE: Service = { url: '', getToken: null };

export const ServiceContext = createContext<Service>(OWN_SERVICE);

export function useService(): Service {
  return useContext(ServiceContext);
}

/** Where a page of the service is, to be given to others. @param path begins with a slash */
export function addressOf({ url }: Service, path: string): string {
  return (url || location.origin) + path;
}
