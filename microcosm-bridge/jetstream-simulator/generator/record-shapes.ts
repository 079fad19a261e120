/** A reference to one version of a record (`com.atproto.repo.strongRef`). */
export interface StrongRef {
  readonly cid: string;
  readonly uri: string;
}

/** A stretch of text, in UTF-8 bytes, and what it stands for. */
export interface Facet {
  readonly $type?: 'app.bsky.richtext.facet';
  readonly features: readonly Readonly<Record<string, string>>[];
  readonly index: { readonly byteEnd: number; readonly byteStart: number };
}

/** What a post shows below its text. */
export type Embed =
  | {
      readonly $type: 'app.bsky.embed.external';
      readonly external: {
        readonly description: string;
        readonly title: string;
        readonly uri: string;
      };
    }
  | { readonly $type: 'app.bsky.embed.images'; readonly images: unknown[] }
  | { readonly $type: 'app.bsky.embed.record'; readonly record: StrongRef }
  | {
      readonly $type: 'app.bsky.embed.recordWithMedia';
      readonly media: Embed;
      readonly record: {
        readonly $type: 'app.bsky.embed.record';
        readonly record: StrongRef;
      };
    };

/** The four record types a generated network is made of, as their lexicons say. */
export type NetworkRecord =
  | {
      readonly $type: 'app.bsky.feed.like' | 'app.bsky.feed.repost';
      readonly createdAt: string;
      readonly subject: StrongRef;
      readonly via?: StrongRef;
    }
  | {
      readonly $type: 'app.bsky.graph.follow';
      readonly createdAt: string;
      readonly subject: string;
    }
  | {
      readonly $type: 'app.bsky.feed.post';
      readonly createdAt: string;
      readonly embed?: Embed;
      readonly facets?: readonly Facet[];
      readonly langs: readonly string[];
      readonly reply?: { readonly parent: StrongRef; readonly root: StrongRef };
      readonly text: string;
    };
