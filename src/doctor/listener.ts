/** What a running Serin's gRPC port was found to speak. */
export type ListenerFact =
  | { readonly kind: 'silent'; readonly where: string; readonly problem: string }
  | { readonly kind: 'plaintext'; readonly where: string; readonly authorities: AuthorityAnswers }
  | {
      readonly kind: 'tls';
      readonly where: string;
      readonly authorities: AuthorityAnswers;
      readonly selfSigned: boolean;
    };

/** What became of a call with each `:authority`. */
export type AuthorityAnswers = ReadonlyMap<string, 'answered' | 'reset'>;
