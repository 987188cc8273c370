/**
 * The ext_proc messages as plain objects, in the shape that a codec with original field names gives them:
 * absent fields are absent, bytes are `Uint8Array`, enums are names, `google.protobuf.Struct` keeps its
 * camelCase. Only what Serin reads or writes is listed. Source: `proto/envoy/service/ext_proc/v3`.
 */

/**
 * `envoy.config.core.v3.HeaderValue`; Envoy fills `raw_value`, other data planes `value`. Serin's own reader gives
 * either as `value`.
 */
export interface WireHeader {
  readonly key?: string;
  readonly value?: string;
  readonly raw_value?: Uint8Array;
}

/** `envoy.service.ext_proc.v3.HttpHeaders`. */
export interface WireHttpHeaders {
  readonly headers?: { readonly headers?: readonly WireHeader[] };
  readonly end_of_stream?: boolean;
}

/** `envoy.service.ext_proc.v3.HttpBody`. */
export interface WireHttpBody {
  readonly body?: Uint8Array;
  readonly end_of_stream?: boolean;
}

/** `google.protobuf.Value` as the codec gives it. */
export interface WireValue {
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly boolValue?: boolean;
  readonly structValue?: WireStruct;
  readonly listValue?: { readonly values?: readonly WireValue[] };
}

/** `google.protobuf.Struct` as the codec gives it. */
export interface WireStruct {
  /** Fields that many messages share, only ever written: their bytes are made once. They stand first. */
  readonly shared?: WireStruct;
  readonly fields?: { readonly [name: string]: WireValue };
}

/** `envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode`. */
export type WireBodyMode = 'NONE' | 'STREAMED' | 'BUFFERED' | 'BUFFERED_PARTIAL' | 'FULL_DUPLEX_STREAMED';

/** `ProcessingRequest.protocol_config`; an absent mode inside it is proto3's zero: NONE. */
export interface WireProtocolConfiguration {
  readonly request_body_mode?: WireBodyMode;
  readonly response_body_mode?: WireBodyMode;
  readonly send_body_without_waiting_for_header_response?: boolean;
}

/** `envoy.service.ext_proc.v3.ProcessingRequest`. */
export interface WireRequest {
  readonly request_headers?: WireHttpHeaders;
  readonly response_headers?: WireHttpHeaders;
  readonly request_body?: WireHttpBody;
  readonly response_body?: WireHttpBody;
  readonly request_trailers?: object;
  readonly response_trailers?: object;
  readonly metadata_context?: { readonly filter_metadata?: { readonly [namespace: string]: WireStruct } };
  readonly protocol_config?: WireProtocolConfiguration;
}

/** `envoy.config.core.v3.HeaderValueOption` with its value as bytes. */
export interface WireHeaderOption {
  readonly header: { readonly key: string; readonly raw_value: Uint8Array };
  readonly append_action: 'OVERWRITE_IF_EXISTS_OR_ADD';
  /** True if the same object is sent again and again: its bytes are made once. */
  readonly lasting?: true;
}

/** `envoy.service.ext_proc.v3.HeaderMutation`. */
export interface WireHeaderMutation {
  readonly set_headers?: readonly WireHeaderOption[];
  readonly remove_headers?: readonly string[];
}

/** Bytes that are sent: whole, or as pieces in order, so that a body is not joined before it leaves. */
export type WireBytes = Uint8Array | readonly Uint8Array[];

/** `envoy.service.ext_proc.v3.BodyMutation`; exactly one field is set. */
export interface WireBodyMutation {
  readonly body?: WireBytes;
  readonly clear_body?: boolean;
  readonly streamed_response?: { readonly body: WireBytes; readonly end_of_stream: boolean };
}

/** `envoy.service.ext_proc.v3.CommonResponse`. */
export interface WireCommonResponse {
  readonly header_mutation?: WireHeaderMutation;
  readonly body_mutation?: WireBodyMutation;
  readonly clear_route_cache?: boolean;
}

/** `envoy.service.ext_proc.v3.ImmediateResponse`. */
export interface WireImmediateResponse {
  readonly status: { readonly code: number };
  readonly headers: WireHeaderMutation;
  readonly body: Uint8Array;
  readonly details: string;
  readonly grpc_status?: { readonly status: number };
}

/** `envoy.service.ext_proc.v3.ProcessingResponse`; exactly one of the first seven fields is set. */
export interface WireResponse {
  readonly request_headers?: { readonly response?: WireCommonResponse };
  readonly response_headers?: { readonly response?: WireCommonResponse };
  readonly request_body?: { readonly response?: WireCommonResponse };
  readonly response_body?: { readonly response?: WireCommonResponse };
  readonly request_trailers?: { readonly header_mutation?: WireHeaderMutation };
  readonly response_trailers?: { readonly header_mutation?: WireHeaderMutation };
  readonly immediate_response?: WireImmediateResponse;
  readonly dynamic_metadata?: WireStruct;
}
