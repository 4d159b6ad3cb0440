package io.millrace.benchmarks.usage;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Looks into a JVM of this user a few times a second: what its threads have allocated, and how full its heap gets,
 * garbage included. A thread that ends is missed with what it allocated since the last look.
 */
public final class HeapWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 200;

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final MemoryMXBean memory;
    private final Map<Long, Long> allocatedByThread = new HashMap<>();
    private final Thread thread = new Thread(this::watch, "heap-watch");
    private long peak;

    private HeapWatch(JMXConnector connector) throws IOException {
        this.connector = connector;
        MBeanServerConnection beans = connector.getMBeanServerConnection();
        threads = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        memory = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("BanJNDI") // The address is one that a process of this user has just given.
    public static HeapWatch attach(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                String address = machine.startLocalManagementAgent();
                return new HeapWatch(JMXConnectorFactory.connect(new JMXServiceURL(address)));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IllegalStateException("Cannot look into process " + pid, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                look();
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException | RuntimeException e) {
                // Closed, or the process has ended.
                return;
            }
        }
    }

    private synchronized void look() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            allocatedByThread.merge(ids[i], bytes[i], Math::max);
        }
        peak = Math.max(peak, memory.getHeapMemoryUsage().getUsed());
    }

    /** Bytes allocated by threads that were seen, since the JVM began. */
    public synchronized long allocated() {
        look();
        return allocatedByThread.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /** The fullest that the heap was seen since {@link #resetPeak}, in bytes. */
    public synchronized long peak() {
        return peak;
    }

    public synchronized void resetPeak() {
        peak = 0;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            connector.close();
        } catch (IOException e) {
            // The process has ended.
        }
    }
}
