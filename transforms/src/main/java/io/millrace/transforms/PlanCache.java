package io.millrace.transforms;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out once per table and pair of schemas. Found by the identity of the schemas, which costs nanoseconds;
 * a converter that builds a new schema for each record still gets the plan of an equal one, so that the schemas that we
 * put out are always the same instances. For one thread, as Connect calls a transform.
 */
final class PlanCache<P> {
    /** Beyond this we start again: a converter that never repeats an instance must not fill the heap. */
    private static final int LIMIT = 20_000;

    private final Map<Identity, P> byIdentity = new HashMap<>();
    private final Map<Equality, P> byEquality = new HashMap<>();

    P plan(@Nullable Schema key, @Nullable Schema value, TableName table, Supplier<P> planner) {
        Identity identity = new Identity(key, value, table);
        P found = byIdentity.get(identity);
        if (found != null) {
            return found;
        }
        if (byIdentity.size() >= LIMIT) {
            byIdentity.clear();
        }
        if (byEquality.size() >= LIMIT) {
            byEquality.clear();
        }
        P plan = byEquality.computeIfAbsent(new Equality(key, value, table), absent -> planner.get());
        byIdentity.put(identity, plan);
        return plan;
    }

    private record Equality(@Nullable Schema key, @Nullable Schema value, TableName table) {}

    private record Identity(@Nullable Schema key, @Nullable Schema value, TableName table) {
        @Override
        public int hashCode() {
            return (System.identityHashCode(key) * 31 + System.identityHashCode(value)) * 31 + table.hashCode();
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the point of this class
        public boolean equals(Object other) {
            return other instanceof Identity that && key == that.key && value == that.value && table.equals(that.table);
        }
    }
}
