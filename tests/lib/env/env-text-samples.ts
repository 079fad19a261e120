import fc from 'fast-check';

/** Keys that samples use; edits also use ones that are not among them. */
export const KEYS = [
  'A',
  'B_1',
  'CONSTELLATION_URL',
  'CONSTELLATION_ENABLED',
  'DATABASE_URL',
  'x.y-z',
] as const;

/** Values with everything that quoting rules stumble over. */
export const anyValue: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...`aZ09 \t#$'"\`\\\n\r=:/@{}(),;!?&%-_.é😀\u2028`),
      fc.constantFrom('\\n', '\\"', "\\'", '${A}', ' # ', '$A', 'export ')
    ),
    { maxLength: 12 }
  )
  .map((parts) => parts.join(''));

/** Values that every reader agrees on, without quoting puzzles. */
export const plainValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'true',
    '6789',
    'http://localhost:6789',
    'two words',
    ' padded ',
    'a#b',
    "it's",
    'say "hi"',
    'tab\there',
    'line\nbreak',
    'C:\\dir',
    'é 😀'
  ),
  fc.stringMatching(/^[a-z0-9:/ .#_-]{0,20}$/)
);

const written = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9:/.,@=_-]{0,12}$/),
  fc.stringMatching(/^[a-z0-9][a-z0-9 '"\\]{0,8}[a-z0-9]$/),
  fc.stringMatching(/^'[a-z0-9 #"\\n]{0,8}[a-z0-9]'$/),
  fc.stringMatching(/^"[a-z0-9 #'\n]{0,12}[a-z0-9]"$/),
  fc.stringMatching(/^"[a-z]{0,3}\\"[a-z]{0,3}"$/),
  fc.stringMatching(/^`[a-z '"\n]{0,8}`$/)
);

const assignment = fc
  .tuple(
    fc.constantFrom('', '', ' ', 'export ', '\texport  '),
    fc.constantFrom(...KEYS),
    fc.constantFrom('=', '=', '=', ' = ', ': '),
    written,
    fc.constantFrom('', '', ' ', ' # note', '\t#x=1', ' # it\'s "so"')
  )
  .map((parts) => parts.join(''));

const plain = fc.constantFrom(
  '',
  '  ',
  '# a comment',
  '  # CONSTELLATION_URL=http://old',
  "# it's a quote"
);

/** Texts of env files as people write them. */
export const envText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '', '\uFEFF'),
    fc.array(fc.oneof({ weight: 3, arbitrary: assignment }, plain), {
      maxLength: 8,
    }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.boolean()
  )
  .map(([bom, lines, eol, closed]) => {
    const text = lines.map((line) => line.replaceAll('\n', eol)).join(eol);
    return bom + text + (closed && lines.length > 0 ? eol : '');
  });
