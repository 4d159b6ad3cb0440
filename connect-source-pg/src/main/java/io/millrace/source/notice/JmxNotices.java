package io.millrace.source.notice;

import io.debezium.pipeline.notification.Notification;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanServer;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifications through JMX, by the name and in the form that Debezium's Postgres connector has them:
 * {@code debezium.postgres:type=management,context=notifications,server=PREFIX}. Safe for several threads.
 */
final class JmxNotices extends NotificationBroadcasterSupport implements JmxNoticesMXBean, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxNotices.class);
    private static final String TYPE = "debezium.notification";

    /** Kept for {@link #getNotifications}: a mirror tells of itself for months. */
    private static final int MOST_KEPT = 1000;

    /** A task that ends late must not take its successor's bean away. */
    private static final Map<ObjectName, JmxNotices> OPEN = new ConcurrentHashMap<>();

    private final ObjectName name;
    private final ArrayDeque<Notification> kept = new ArrayDeque<>();
    private final AtomicLong sequence = new AtomicLong();

    private JmxNotices(ObjectName name) {
        super(new MBeanNotificationInfo(
                new String[] {TYPE}, Notification.class.getName(), "What happens to the mirror's tables and stream"));
        this.name = name;
    }

    /** Registers the bean, in the place of one that a predecessor left. */
    static JmxNotices open(String server, int task) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName name = new ObjectName("debezium.postgres:type=management,context=notifications,server="
                    + (server.matches("[^,=:\"*?\n]+") ? server : ObjectName.quote(server))
                    + (task == 0 ? "" : ",task=" + task));
            JmxNotices notices = new JmxNotices(name);
            synchronized (OPEN) {
                if (beans.isRegistered(name)) {
                    beans.unregisterMBean(name);
                }
                beans.registerMBean(notices, name);
                OPEN.put(name, notices);
            }
            return notices;
        } catch (JMException e) {
            throw new IllegalStateException("cannot register the notifications of " + server, e);
        }
    }

    void send(Notification notification) {
        synchronized (kept) {
            kept.addLast(notification);
            if (kept.size() > MOST_KEPT) {
                kept.removeFirst();
            }
        }
        var sent = new javax.management.Notification(
                TYPE,
                name,
                sequence.getAndIncrement(),
                notification.getTimestamp(),
                notification.getAggregateType() + " generated a notification");
        sent.setUserData(notification.toJson());
        sendNotification(sent);
    }

    @Override
    public List<Notification> getNotifications() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }

    @Override
    public void reset() {
        synchronized (kept) {
            kept.clear();
        }
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (OPEN.remove(name, this)) {
                try {
                    ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
                } catch (JMException e) {
                    LOG.warn("Could not take away the notifications' bean {}: {}", name, e.getMessage());
                }
            }
        }
    }
}
