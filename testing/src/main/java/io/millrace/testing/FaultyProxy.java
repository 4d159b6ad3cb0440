package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy in front of a server that delays, counts, stalls and cuts. Faults apply to connections that are open and
 * to those that come; cutting does not close the door to new ones. For several threads.
 */
public final class FaultyProxy implements AutoCloseable {
    private final ServerSocket door;
    private final String host;
    private final int port;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Counts counts = new Counts();
    private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);
    private volatile long oneWayNanos;
    private volatile boolean stalled;
    private volatile boolean refusing;

    /** Bytes and round trips over all connections since the last {@link #resetCounts}. */
    static final class Counts {
        final AtomicLong toServer = new AtomicLong();
        final AtomicLong toClient = new AtomicLong();
        final AtomicLong roundTrips = new AtomicLong();
        final AtomicLong opened = new AtomicLong();
    }

    public FaultyProxy(PostgresServer server) {
        this(server.host(), server.port());
    }

    public FaultyProxy(String host, int port) {
        this.host = host;
        this.port = port;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon("proxy-door", this::accept);
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Adds to the time of a round trip, half in each direction; it does not limit the throughput. */
    public void addRoundTrip(Duration added) {
        oneWayNanos = added.toNanos() / 2;
    }

    /** Nothing passes any more, and no connection is closed, until {@link #resume}. */
    public void stall() {
        stalled = true;
    }

    public void resume() {
        stalled = false;
    }

    /** New connections are closed at once, until {@code refuse(false)}. */
    public void refuse(boolean on) {
        refusing = on;
    }

    /** Resets every open connection now. */
    public void cut() {
        // A copy: who is cut off may be back, as a new connection, before the loop has ended.
        List.copyOf(connections).forEach(ProxiedConnection::reset);
    }

    /** Resets every open connection when this many more bytes, of both directions together, have passed; once. */
    public void cutAfter(long bytes) {
        cutAfter.set(bytesToServer() + bytesToClient() + bytes);
    }

    /** {@link #cutAfter} at a random point below {@code bytes}; the seed makes it repeatable. */
    public void cutWithin(long bytes, long seed) {
        cutAfter(new Random(seed).nextLong(1, bytes));
    }

    public long bytesToServer() {
        return counts.toServer.get();
    }

    public long bytesToClient() {
        return counts.toClient.get();
    }

    /** How often a client spoke after the server had (or as the first): what each costs a latency of its own. */
    public long roundTrips() {
        return counts.roundTrips.get();
    }

    /** Connections opened. */
    public long opened() {
        return counts.opened.get();
    }

    public int openNow() {
        return connections.size();
    }

    public void resetCounts() {
        counts.toServer.set(0);
        counts.toClient.set(0);
        counts.roundTrips.set(0);
        counts.opened.set(0);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Closed, or the server does not answer: the client sees its connection end.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            var connection = new ProxiedConnection(this, client, new Socket(host, port));
            counts.opened.incrementAndGet();
            connections.add(connection);
            connection.start();
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    Counts counts() {
        return counts;
    }

    long oneWayNanos() {
        return oneWayNanos;
    }

    boolean stalled() {
        return stalled;
    }

    void passed() {
        long limit = cutAfter.get();
        if (bytesToServer() + bytesToClient() >= limit && cutAfter.compareAndSet(limit, Long.MAX_VALUE)) {
            cut();
        }
    }

    void ended(ProxiedConnection connection) {
        connections.remove(connection);
    }

    static void daemon(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
