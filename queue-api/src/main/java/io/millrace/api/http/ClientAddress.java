package io.millrace.api.http;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Whose address a request comes from. It is the other end of the connection, unless that is a proxy that is trusted: then
 * it is the last address in {@code X-Forwarded-For} that no trusted proxy has. What stands before that, and the whole
 * header from anybody else, may be made up. An IPv6 address stands for its network of 64 bits, since one customer has as
 * many as he likes of those. Safe for any number of threads.
 */
final class ClientAddress {

    static final String FORWARDED = "X-Forwarded-For";

    private static final int IPV6_NETWORK_BYTES = 8;

    private final List<Network> trusted;

    /** @param proxies each is valid, see {@link RequestLimitsConfig#from} */
    ClientAddress(List<String> proxies) {
        this.trusted =
                proxies.stream().map(Network::parse).flatMap(Optional::stream).toList();
    }

    /**
     * The subject that an address is counted under.
     *
     * @param remote the other end of the connection
     * @param forwarded the values of the header, in their order
     */
    String of(String remote, List<String> forwarded) {
        if (trusted.isEmpty() && remote.indexOf(':') < 0) {
            return remote;
        }
        int zone = remote.indexOf('%');
        String plain =
                (zone < 0 ? remote : remote.substring(0, zone)).replace("[", "").replace("]", "");
        return Network.address(plain)
                .map(address -> subject(trusted.isEmpty() ? address : behindProxies(address, forwarded)))
                .orElse(remote);
    }

    /** Whether what is forwarded matters; if not, nobody needs to read it. */
    boolean believesProxies() {
        return !trusted.isEmpty();
    }

    private InetAddress behindProxies(InetAddress remote, List<String> forwarded) {
        String[] hops = String.join(",", forwarded).split(",", -1);
        InetAddress client = remote;
        for (int i = hops.length - 1; i >= 0 && isTrusted(client); i--) {
            Optional<InetAddress> before = Network.address(hops[i].strip());
            if (before.isEmpty()) {
                return client;
            }
            client = before.get();
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    private static String subject(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length > IPV6_NETWORK_BYTES
                ? HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_BYTES) + "::"
                : address.getHostAddress();
    }
}
