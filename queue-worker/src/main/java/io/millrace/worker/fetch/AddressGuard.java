package io.millrace.worker.fetch;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Tells addresses of the public internet from all others, by the special-purpose registries of IANA (RFC 6890 and its
 * successors). For IPv6 the rule is turned around: only global unicast, 2000::/3, is public, so that loopback, link-local,
 * unique local, site-local, multicast, IPv4-compatible, IPv4-mapped and NAT64 addresses are out without being named; what
 * is special within 2000::/3 is named, among it the ranges that carry an IPv4 address inside (6to4, Teredo).
 */
final class AddressGuard {

    private static final List<Block> NOT_PUBLIC = List.of(
            Block.of("0.0.0.0/8", "this network"),
            Block.of("10.0.0.0/8", "private"),
            Block.of("100.64.0.0/10", "shared by a carrier's NAT"),
            Block.of("127.0.0.0/8", "loopback"),
            Block.of("169.254.0.0/16", "link-local, where clouds keep their metadata"),
            Block.of("172.16.0.0/12", "private"),
            Block.of("192.0.0.0/24", "reserved for protocols"),
            Block.of("192.0.2.0/24", "for documentation"),
            Block.of("192.31.196.0/24", "AS112"),
            Block.of("192.52.193.0/24", "AMT"),
            Block.of("192.88.99.0/24", "6to4 relay"),
            Block.of("192.168.0.0/16", "private"),
            Block.of("192.175.48.0/24", "AS112"),
            Block.of("198.18.0.0/15", "for benchmarks"),
            Block.of("198.51.100.0/24", "for documentation"),
            Block.of("203.0.113.0/24", "for documentation"),
            Block.of("224.0.0.0/4", "multicast"),
            Block.of("240.0.0.0/4", "reserved"),
            Block.of("2001::/23", "reserved for protocols, Teredo among them"),
            Block.of("2001:db8::/32", "for documentation"),
            Block.of("2002::/16", "6to4"),
            Block.of("2620:4f:8000::/48", "AS112"),
            Block.of("3fff::/20", "for documentation"));

    private static final Block GLOBAL_UNICAST = Block.of("2000::/3", "global unicast");

    private final boolean allowLoopback;

    AddressGuard(boolean allowLoopback) {
        this.allowLoopback = allowLoopback;
    }

    /** Why an address is not to be talked to; empty when it is public. */
    Optional<String> refusal(InetAddress address) {
        if (allowLoopback && address.isLoopbackAddress()) {
            return Optional.empty();
        }
        for (Block block : NOT_PUBLIC) {
            if (block.contains(address)) {
                return Optional.of(block.what);
            }
        }
        boolean outside = !(address instanceof Inet4Address) && !GLOBAL_UNICAST.contains(address);
        return outside ? Optional.of("not global unicast") : Optional.empty();
    }

    /** A range of addresses. */
    private record Block(List<Byte> prefix, int bits, String what) {

        static Block of(String cidr, String what) {
            int slash = cidr.indexOf('/');
            byte[] bytes = literal(cidr.substring(0, slash)).getAddress();
            return new Block(boxed(bytes), Integer.parseInt(cidr.substring(slash + 1)), what);
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            if (bytes.length != prefix.size()) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % Byte.SIZE);
                if (((bytes[bit / Byte.SIZE] ^ prefix.get(bit / Byte.SIZE)) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        private static InetAddress literal(String text) {
            try {
                return InetAddress.getByName(text);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text + " is no address", e);
            }
        }

        private static List<Byte> boxed(byte[] bytes) {
            Byte[] boxed = new Byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                boxed[i] = bytes[i];
            }
            return List.of(boxed);
        }
    }
}
