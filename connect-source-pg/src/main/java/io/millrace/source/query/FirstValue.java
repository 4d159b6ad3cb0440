package io.millrace.source.query;

import io.millrace.source.catalog.TableId;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code watermark.start}. */
final class FirstValue implements StartValue {
    private static final Logger LOG = LoggerFactory.getLogger(FirstValue.class);

    static final String NOW = "now";
    static final String TARGET = "target";

    private final MirrorSettings.Watermark settings;
    private final TableId table;
    private final TargetMark target;
    private final UnaryOperator<String> fields;

    /** @param fields what a column is called in the target */
    FirstValue(MirrorSettings.Watermark settings, TableId table, TargetMark target, UnaryOperator<String> fields) {
        this.fields = fields;
        this.settings = settings;
        this.table = table;
        this.target = target;
    }

    @Override
    public Start of(Connection session, Shape.Column column, BigInteger settled, boolean keyed) throws SQLException {
        return switch (settings.start()) {
            case "" -> new Start(null);
            case NOW -> new Start(settled.add(BigInteger.ONE));
            case TARGET -> new Start(behindTarget(column, keyed));
            default -> {
                try {
                    yield new Start(column.type().parse(settings.start()));
                } catch (IllegalArgumentException e) {
                    throw new ConnectException("watermark.start: " + e.getMessage(), e);
                }
            }
        };
    }

    /** The highest value in the target, of which it may have some rows only, or the next; null when that is empty. */
    private @Nullable BigInteger behindTarget(Shape.Column column, boolean keyed) throws SQLException {
        try (Connection opened = target.open()) {
            Shape.Column there = new Shape.Column(
                    table, fields.apply(column.name()), column.type(), column.required(), false, false, false);
            BigInteger highest = Highest.highest(opened, there);
            if (highest == null || keyed) {
                return highest;
            }
            LOG.warn(
                    "{} begins above {}, the highest {} in the target: rows with the same value that the target does not"
                            + " have yet are missed. With message.key.columns it would begin at it",
                    table,
                    column.type().text(highest),
                    column.name());
            return highest.add(BigInteger.ONE);
        }
    }
}
