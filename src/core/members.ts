/** One pod or server that a source found, before it is matched with a pool. */
export interface Member {
  /** The pod's name, or its address where the source gives none. */
  readonly name: string;
  /** An IP literal in canonical form, without brackets. */
  readonly ip: string;
  /** A port that the source gave; it wins over the pool's ports. */
  readonly port: number | undefined;
  /** `undefined` for sources without labels: such a member belongs to the default pool. */
  readonly labels: ReadonlyMap<string, string> | undefined;
  /** Of a pod in a cluster, which only pools of its own namespace select; `undefined` for all other sources. */
  readonly namespace: string | undefined;
}
