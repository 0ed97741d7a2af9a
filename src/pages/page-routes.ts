/** The addresses of the pages, as the router of `web/` knows them. Any other address is answered as before. */
export const PAGE_ROUTES = ['/', 'sign-in', 'me', 'courses', 'courses/*path', 'admin', 'admin/*path'];
