/** A text for all who ask while it is the latest. */
export interface Edition {
  readonly text: string;
  /** Resolves when the next one may be built. */
  readonly over: Promise<void>;
}

/** What a shared text is made by. */
export interface SharedTextOptions {
  readonly build: () => string;
  /** How long an edition stands. */
  readonly pause: () => Promise<void>;
}

/** Builds a text when somebody asks for it, and once for all who do while it stands. */
export function createSharedText({ build, pause }: SharedTextOptions): () => Edition {
  let latest: Edition | undefined;
  return () => {
    latest ??= {
      text: build(),
      over: pause().then(() => {
        latest = undefined;
      }),
    };
    return latest;
  };
}
