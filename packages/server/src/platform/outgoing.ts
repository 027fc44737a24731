import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { AppError } from './errors.ts';

/** Networks that are not the internet: this machine, the networks around it, and where clouds keep their secrets. */
const NOT_PUBLIC = subnets([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
  // Also those in which an address of the other family is packed: translated, Teredo, 6to4.
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
]);

/** A name that was looked up once and may be called: who connects takes the address, so that it cannot change. */
export interface Reached {
  host: string;
  address: string;
  family: 4 | 6;
}

/**
 * Says which hosts may be called on behalf of users. Public addresses may; others only where the configuration names
 * them: by name, by address, by network (`10.1.0.0/16`), or all of them (`*`).
 */
export function openOutgoing(
  allowed: readonly string[],
  lookUp: (host: string) => Promise<{ address: string; family: number }[]> = (host) =>
    lookup(host, { all: true }),
) {
  const all = allowed.includes('*');
  const networks = subnets(allowed.flatMap(asNetwork));
  const names = new Set(allowed.map((one) => one.toLowerCase()));
  const mayCall = (host: string, address: string) =>
    all || isPublic(address) || names.has(host.toLowerCase()) || networks.check(address, familyOf(address));

  return {
    /** Looks a host up and refuses it where any of its addresses is not allowed. */
    async reach(host: string): Promise<Reached> {
      const bare = host.replace(/^\[|\]$/g, '');
      const found = isIP(bare)
        ? [{ address: bare }]
        : await lookUp(bare).catch(() => {
            throw unknownHost(bare);
          });
      const addresses = found.map((one) => plain(one.address));
      const refused = addresses.find((address) => !mayCall(bare, address));
      if (refused !== undefined) throw notAllowed(bare);
      const [address] = addresses;
      if (address === undefined) throw unknownHost(bare);
      return { host: bare, address, family: isIP(address) === 6 ? 6 : 4 };
    },
  };
}
export type Outgoing = ReturnType<typeof openOutgoing>;

function isPublic(address: string): boolean {
  return !NOT_PUBLIC.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An IPv4 address that is written as an IPv6 one is the IPv4 one. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');
}

function asNetwork(entry: string): string[] {
  if (isIP(entry)) return [`${entry}/${isIP(entry) === 6 ? 128 : 32}`];
  const [address = '', bits = ''] = entry.split('/');
  const isNetwork =
    isIP(address) > 0 && /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32);
  return isNetwork ? [entry] : [];
}

function subnets(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

const unknownHost = (host: string) =>
  new AppError({
    code: 'outgoing.unknown_host',
    status: 422,
    detail: `The host "${host}" is not known; look at how it is written.`,
    fields: { host: 'is not known' },
  });

const notAllowed = (host: string) =>
  new AppError({
    code: 'outgoing.private_host',
    status: 422,
    detail: `"${host}" lies in a private network, which may be called only where QM_PRIVATE_HOSTS names it.`,
    fields: { host: 'lies in a private network' },
  });
