package io.millrace.source.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where the source may be found: one server, or several of which one is the primary. Pure. */
record Hosts(List<String> addresses) {
    Hosts {
        addresses = List.copyOf(addresses);
    }

    /**
     * @param given names or addresses between commas, each with a port of its own or without; an IPv6 address with a port
     *     stands in brackets
     * @param port for those without
     */
    static Hosts parse(String given, int port) {
        return new Hosts(Arrays.stream(given.split(","))
                .map(String::strip)
                .filter(host -> !host.isEmpty())
                .map(host -> address(host, port))
                .toList());
    }

    private static String address(String host, int port) {
        int colon = host.indexOf(':');
        if (colon < 0 || host.startsWith("[") && host.endsWith("]")) {
            return host + ":" + port;
        }
        boolean bare = !host.startsWith("[") && host.indexOf(':', colon + 1) > 0;
        return bare ? "[" + host + "]:" + port : host;
    }

    boolean several() {
        return addresses.size() > 1;
    }

    /** As a JDBC URL has them. */
    String text() {
        return addresses.stream().collect(Collectors.joining(","));
    }
}
