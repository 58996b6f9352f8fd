/**
 * What the page at `/docs` shows and does beyond Swagger UI: the name and mark of this project, and the login of its link.
 *
 * @module
 */

/** Two courses of cut stone at a corner: a quoin. */
const STONES = '<path d="M4 4h16v10H4zM4 17h10v11H4zM17 17h11v11H17zM23 4h5v10h-5z"/>';

/** The mark of the page's window. */
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#49a">${STONES}</svg>`;

/** The mark with the name, for the dark bar above the page. */
const LOGO = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 32" fill="#fff" role="img" aria-label="quoin">',
  STONES,
  '<text x="40" y="25" font-family="system-ui, sans-serif" font-size="26" font-weight="600">quoin</text></svg>',
].join('');

/**
 * Takes the token out of `/docs#token=…`, the link that the node prints, and logs the page in with it. The address bar shows it no
 * longer, so that it is neither copied nor kept with the page's address.
 */
const LOGIN_SCRIPT = `(() => {
  const token = /^#token=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, '', location.pathname);
  const bundle = window.SwaggerUIBundle;
  const build = (config) => {
    const ui = bundle({ ...config, onComplete: () => ui.preauthorizeApiKey('bearer', token) });
    return ui;
  };
  window.SwaggerUIBundle = Object.assign(build, bundle);
})();
`;

/** Options of Swagger UI. */
export const PAGE = {
  logo: { type: 'image/svg+xml', content: LOGO, href: '/docs' },
  title: 'quoin',
  favicon: [{ filename: 'quoin.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: FAVICON }],
  js: [{ filename: 'login.js', content: LOGIN_SCRIPT }],
} as const;
