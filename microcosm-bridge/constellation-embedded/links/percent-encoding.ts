/** Percent-encoding of RFC 3986, shared by AT-URIs and URIs. */

const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const ESCAPE_OR_CAPITALS = /%[0-9A-Fa-f]{2}|[A-Z]+/g;

/** Whether every `%` in the text is followed by two hex digits. */
export function hasOnlyWellFormedEscapes(text: string): boolean {
  return !text.includes('%') || !MALFORMED_ESCAPE.test(text);
}

/** Every spelling of every escape with its normal form, 484 of them. */
function normalForms(): ReadonlyMap<string, string> {
  const digits = [...'0123456789ABCDEFabcdef'];
  return new Map(
    digits.flatMap((high) =>
      digits.map((low) => {
        const escape = `%${high}${low}`;
        const character = String.fromCharCode(Number(`0x${high}${low}`));
        return [
          escape,
          UNRESERVED.test(character) ? character : escape.toUpperCase(),
        ];
      })
    )
  );
}

const NORMAL_FORMS = normalForms();

/**
 * Decodes the escapes of unreserved characters and writes the hex digits of
 * all others in upper case (RFC 3986 sections 6.2.2.1 and 6.2.2.2). One pass:
 * `%2541` stays as it is, so doing it twice changes nothing. A `%` without
 * two hex digits is left alone; callers reject it before.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPE, (escape) => NORMAL_FORMS.get(escape) ?? escape);
}

/** Puts everything but the hex digits of escapes in lower case. */
export function lowerCaseExceptEscapes(text: string): string {
  return text.replace(ESCAPE_OR_CAPITALS, (match) =>
    match.startsWith('%') ? match : match.toLowerCase()
  );
}
