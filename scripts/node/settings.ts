/** The one address of the node: that of its bridge, so that pods and components reach it alike. */
export const NODE_ADDRESS = '10.244.0.1';
/** The addresses of pods. */
export const POD_RANGE = '10.244.0.0/24';
/** The address of the cluster's name server, in the range of Services. */
export const DNS_ADDRESS = '10.96.0.10';
/** The node's name. */
export const NODE_NAME = 'serin-node';
/** The image of every pod's first process. */
export const PAUSE_IMAGE = 'serin.test/pause:1';
/** The image of the name server. */
export const COREDNS_IMAGE = 'serin.test/coredns:1';
