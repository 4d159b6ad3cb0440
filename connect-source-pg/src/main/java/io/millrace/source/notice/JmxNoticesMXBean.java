package io.millrace.source.notice;

import io.debezium.pipeline.notification.Notification;
import java.util.List;

/** The bean of Debezium's channel {@code jmx}: the notifications so far, which are also sent to those who subscribe. */
public interface JmxNoticesMXBean {
    /** The last ones. */
    List<Notification> getNotifications();

    /** Forgets them. */
    void reset();
}
