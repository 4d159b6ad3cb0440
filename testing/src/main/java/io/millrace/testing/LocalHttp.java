package io.millrace.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Makes the HTTP servers that stand in for others: on the loopback address, at a free port. */
public final class LocalHttp {
    static {
        // The JDK's server sends an answer's head by itself; without this its body waits 40 ms for the client's
        // acknowledgement. Read once, when the first server is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private LocalHttp() {}

    /** A server that is not started. */
    public static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }
}
