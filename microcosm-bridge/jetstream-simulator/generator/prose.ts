import type { Random } from './random.js';
import type { Facet } from './record-shapes.js';

const words =
  `a about after again along already and another are around at back be bird
  blue bread bridge bright but by cat city clear cloud coffee cold come day
  does early evening every few field find first for forest found from garden
  good great grey half harbour have here hill home house how if in into is it
  just kind last late leaf light like little long look made maybe morning
  mountain moved much music my near never new night not now of off old on once
  one only open or other our out over page paper people photo place quiet rain
  read really river road room said same sea seems she show silver since slow
  small so some song soon still stone story summer table than that the their
  then there they this though through time to today tomorrow tonight train tree
  two under until up very walk warm was water we week well went were what when
  where which while white who wind window winter with without word work year
  yellow yet you café über naïve señor`.split(/\s+/);
const tags = ['birds', 'books', 'garden', 'music', 'photo', 'rain', 'sea'];
const hosts = ['news', 'paper', 'radio', 'blog', 'photos', 'maps', 'shop'];
const emoji = ['🦋', '🌧️', '☕', '🎶', '🌲', '✨'];

/** A few invented words. */
export function randomWords(random: Random, count: number): string {
  let text = random.pick(words);
  for (let i = 1; i < count; i++) text += ' ' + random.pick(words);
  return text;
}

/** The address of an invented page; `.example` is reserved by RFC 2606. */
export function randomWebPage(random: Random): string {
  const path = randomWords(random, 1 + random.below(4)).replaceAll(' ', '-');
  return `https://${random.pick(hosts)}.example/${encodeURIComponent(path)}/${random.below(100_000)}`;
}

/** The text of a post and the facets that point into it. */
export interface Prose {
  readonly text: string;
  readonly facets: readonly Facet[];
}

/**
 * Invented text, always of several words: a text that is one URI would be a link
 * by itself.
 * @param mention draws the DID of a mentioned account
 */
export function randomProse(random: Random, mention: () => string): Prose {
  const facets: Facet[] = [];
  let text = randomWords(random, 3 + random.below(18));
  if (random.chance(0.2)) text += ' ' + random.pick(emoji);
  let bytes = Buffer.byteLength(text);
  const annotate = (
    shown: string,
    feature: Readonly<Record<string, string>>
  ) => {
    const index = { byteEnd: bytes + 1 + shown.length, byteStart: bytes + 1 };
    // Clients differ in whether they write the facet's own type; both forms
    // occur on the network and are links by different paths.
    facets.push(
      random.chance(0.15)
        ? { $type: 'app.bsky.richtext.facet', features: [feature], index }
        : { features: [feature], index }
    );
    text += ' ' + shown;
    bytes = index.byteEnd;
  };
  if (random.chance(0.1)) {
    const did = mention();
    const $type = 'app.bsky.richtext.facet#mention';
    annotate(`@${did.slice(-6)}.handle.example`, { $type, did });
  }
  if (random.chance(0.1)) {
    const uri = randomWebPage(random);
    const $type = 'app.bsky.richtext.facet#link';
    annotate(uri.slice(8, 32) + '...', { $type, uri });
  }
  if (random.chance(0.1)) {
    const tag = random.pick(tags);
    const $type = 'app.bsky.richtext.facet#tag';
    annotate('#' + tag, { $type, tag });
  }
  return { text, facets };
}
