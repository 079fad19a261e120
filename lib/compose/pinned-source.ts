/** Where the source of the real server is, and which revision of it is built. */
export const PINNED_SOURCE = {
  /** The mirror: it hands out single commits, which the home may not. */
  repository: 'https://github.com/at-microcosm/microcosm-rs',
  /**
   * The commit whose `getManyToMany` has the form that the recorded answers
   * have. `microcosm-bridge/constellation/README.md`, "Which version", says how
   * it was found. A test compares with the Dockerfile.
   */
  revision: 'e12537a8172d6ec77fc42b3afc4a5c82a68e85f3',
} as const;
