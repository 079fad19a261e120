/** One kind of link to one target. */
export interface Place {
  readonly target: string;
  readonly collection: string;
  /** With its leading dot. */
  readonly path: string;
}

/** What is counted for a place. */
export interface PlaceCounts {
  /** Links, those of deactivated accounts included. */
  readonly records: number;
  /** Different accounts among them. */
  readonly dids: number;
}

/** A place that the index should know. */
export interface FoundPlace extends Place {
  /** Counts it without asking the API, where that can be done. */
  readonly recount?: (() => PlaceCounts | null) | undefined;
}

/** What looking for targets came to. */
export type TargetSearch =
  | {
      readonly kind: 'found';
      /** Where they were found, for people: `its store`. */
      readonly from: string;
      readonly places: readonly FoundPlace[];
    }
  | {
      readonly kind: 'none';
      /** Why, for people. */
      readonly reason: string;
      readonly suggestion: string;
    };
