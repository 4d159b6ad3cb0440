package io.millrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** One client through the proxy: two threads a direction, one that reads and one that writes when the time has come. */
final class ProxiedConnection {
    private static final int CHUNK = 32 * 1024;

    /** Chunks on the way in one direction; bounds memory, and with a delay also bytes in flight, at 32 MiB. */
    private static final int IN_FLIGHT = 1024;

    private final FaultyProxy proxy;
    private final Socket client;
    private final Socket server;
    private final AtomicBoolean serverSpokeLast = new AtomicBoolean(true);

    private final AtomicInteger ended = new AtomicInteger();

    private static final class Chunk {
        final byte[] bytes;
        final long dueNanos;

        Chunk(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }

        /** Nothing more comes from this side. */
        boolean last() {
            return bytes.length == 0;
        }
    }

    ProxiedConnection(FaultyProxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        pump(client, server, true);
        pump(server, client, false);
    }

    /** The peers see a reset, not an orderly end. */
    void reset() {
        reset(client);
        reset(server);
        proxy.ended(this);
    }

    private void pump(Socket from, Socket to, boolean toServer) {
        var queue = new ArrayBlockingQueue<Chunk>(IN_FLIGHT);
        String name = "proxy-" + (toServer ? "up" : "down");
        FaultyProxy.daemon(name + "-read", () -> read(from, queue, toServer));
        FaultyProxy.daemon(name + "-write", () -> write(to, queue));
    }

    private void read(Socket from, BlockingQueue<Chunk> queue, boolean toServer) {
        byte[] buffer = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                count(length, toServer);
                byte[] bytes = java.util.Arrays.copyOf(buffer, length);
                queue.put(new Chunk(bytes, System.nanoTime() + proxy.oneWayNanos()));
                proxy.passed();
            }
            queue.put(new Chunk(new byte[0], 0));
        } catch (IOException | InterruptedException e) {
            reset();
        }
    }

    private void count(int length, boolean toServer) {
        var counts = proxy.counts();
        if (toServer) {
            counts.toServer.addAndGet(length);
            if (serverSpokeLast.getAndSet(false)) {
                counts.roundTrips.incrementAndGet();
            }
        } else {
            counts.toClient.addAndGet(length);
            serverSpokeLast.set(true);
        }
    }

    private void write(Socket to, BlockingQueue<Chunk> queue) {
        try {
            while (true) {
                Chunk chunk = queue.poll(1, TimeUnit.SECONDS);
                if (chunk == null) {
                    if (to.isClosed()) {
                        return;
                    }
                } else if (chunk.last()) {
                    end(to);
                    return;
                } else {
                    waitFor(chunk);
                    to.getOutputStream().write(chunk.bytes);
                }
            }
        } catch (IOException | InterruptedException e) {
            reset();
        }
    }

    /** One side has said all it had to say: the other is told, and when both have, all is closed. */
    private void end(Socket to) throws IOException {
        to.shutdownOutput();
        if (ended.incrementAndGet() == 2) {
            client.close();
            server.close();
            proxy.ended(this);
        }
    }

    private void waitFor(Chunk chunk) throws InterruptedException {
        long wait = chunk.dueNanos - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
        while (proxy.stalled() && !client.isClosed()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed already.
        }
    }
}
