/**
 * Security headers of every answer: the origin-response function adds them to what an origin says, the viewer-request
 * function to the answers that it makes itself, which never pass through origin-response.
 *
 * X-XSS-Protection is `0`, not `1; mode=block` as it was: the filter that it steers is gone from current browsers, and
 * in old ones its blocking mode can be used to blank a page or to read from it (OWASP HTTP Headers Cheat Sheet). The
 * content security policy does that work.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains; preload',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '0',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'geolocation=(), microphone=(), camera=()',
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
};
