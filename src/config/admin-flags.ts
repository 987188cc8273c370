import { readIpPort } from './domain-values.ts';
import { flag, optional, repeatable } from './flag.ts';
import { parseChoice, parseHostName } from './values.ts';

/** Flags of the port for people. */
export const ADMIN_FLAGS = {
  adminAddress: optional('admin-address', readIpPort, {
    placeholder: 'IP:PORT',
    help: 'the live page and /debug/… over HTTP; in a cluster 127.0.0.1:9091 if not given; with --endpoints… /debug/… is on --metrics-port if not given',
  }),
  adminAuth: flag('admin-auth', parseChoice(['none', 'token']), {
    fallback: 'none',
    placeholder: 'none|token',
    help: 'token: --admin-address wants a bearer token of a user who may get its paths in the cluster; has to be given if that address is not loopback',
  }),
  adminHosts: repeatable('admin-hosts', parseHostName, {
    placeholder: 'NAME',
    help: 'names by which --admin-address may be asked, beside IP addresses and localhost; repeatable',
  }),
} as const;
