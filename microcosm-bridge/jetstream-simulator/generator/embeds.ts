import { randomBlobCid } from './identifiers.js';
import { randomWebPage, randomWords } from './prose.js';
import type { Random } from './random.js';
import type { Embed, StrongRef } from './record-shapes.js';

/** One to three pictures with their sizes and alternative texts. */
export function randomImages(random: Random): Embed {
  const images = Array.from({ length: 1 + random.below(3) }, () => ({
    alt: random.chance(0.4) ? randomWords(random, 6) : '',
    aspectRatio: {
      height: 600 + random.below(1400),
      width: 600 + random.below(1400),
    },
    image: {
      $type: 'blob',
      ref: { $link: randomBlobCid(random) },
      mimeType: 'image/jpeg',
      size: 40_000 + random.below(900_000),
    },
  }));
  return { $type: 'app.bsky.embed.images', images };
}

/** A card of a web page. */
export function randomCard(random: Random): Embed {
  const external = {
    description: randomWords(random, 12),
    title: randomWords(random, 6),
    uri: randomWebPage(random),
  };
  return { $type: 'app.bsky.embed.external', external };
}

/**
 * A quote in either of its two forms: alone, or beside pictures. They are links
 * by two different paths.
 */
export function randomQuote(random: Random, quoted: StrongRef): Embed {
  const record = { $type: 'app.bsky.embed.record', record: quoted } as const;
  return random.chance(0.3)
    ? {
        $type: 'app.bsky.embed.recordWithMedia',
        media: randomImages(random),
        record,
      }
    : record;
}
