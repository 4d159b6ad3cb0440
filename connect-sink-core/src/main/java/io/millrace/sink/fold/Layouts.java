package io.millrace.sink.fold;

import io.millrace.core.TableIndex;
import io.millrace.sink.change.RowSchema;
import io.millrace.sink.destination.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The union of the columns in one flush of a table, and the sets of columns that its rows have. */
final class Layouts {
    private final List<Batch.Column> columns = new ArrayList<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final List<int[]> layouts = new ArrayList<>();
    private final Map<List<Integer>, Integer> ids = new HashMap<>();
    private final IdentityHashMap<RowSchema, Integer> ofSchema = new IdentityHashMap<>();
    private final Map<BitSet, Integer> patches = new HashMap<>();
    private @Nullable RowSchema lastSchema;
    private int lastLayout;
    private @Nullable RowSchema patchSchema;
    private List<TableIndex> indexes = List.of();

    List<Batch.Column> columns() {
        return columns;
    }

    /** What the last schema of whole rows tells of the table's indexes. */
    List<TableIndex> indexes() {
        return indexes;
    }

    List<int[]> all() {
        return layouts;
    }

    int[] get(int layout) {
        return layouts.get(layout);
    }

    /** The layout of whole rows of this schema, or -1 where a column of the same name is staged in another form already, or neither holds what both bring. */
    int of(RowSchema schema) {
        if (schema == lastSchema) {
            return lastLayout;
        }
        Integer known = ofSchema.get(schema);
        int layout = known != null ? known : resolve(schema);
        if (layout >= 0) {
            lastSchema = schema;
            lastLayout = layout;
        }
        return layout;
    }

    /** A layout without those columns of it (by place) that {@code kept} names. */
    int without(RowSchema schema, int layout, BitSet kept) {
        if (patchSchema != schema) {
            patches.clear();
            patchSchema = schema;
        }
        Integer known = patches.get(kept);
        if (known == null) {
            int[] whole = get(layout);
            List<Integer> rest = new ArrayList<>();
            for (int i = 0; i < whole.length; i++) {
                if (!kept.get(i)) {
                    rest.add(whole[i]);
                }
            }
            known = intern(rest);
            patches.put((BitSet) kept.clone(), known);
        }
        return known;
    }

    int intern(List<Integer> members) {
        Integer known = ids.get(members);
        if (known == null) {
            known = layouts.size();
            layouts.add(members.stream().mapToInt(Integer::intValue).toArray());
            ids.put(List.copyOf(members), known);
        }
        return known;
    }

    private int resolve(RowSchema schema) {
        RowSchema whole = schema.whole();
        if (!fits(schema) || (whole != null && !fits(whole))) {
            return -1;
        }
        // A key alone tells none.
        indexes = whole == null ? schema.indexes() : whole.indexes();
        int layout = intern(members(schema));
        if (whole != null) {
            members(whole);
        }
        ofSchema.put(schema, layout);
        return layout;
    }

    private boolean fits(RowSchema schema) {
        for (Batch.Column column : schema.columns()) {
            Integer index = byName.get(column.name());
            if (index != null && !fits(columns.get(index), column)) {
                return false;
            }
        }
        return true;
    }

    /** Staged alike, and one of both holds the values of both. */
    private static boolean fits(Batch.Column known, Batch.Column column) {
        return known.encoding().form().equals(column.encoding().form())
                && (Covering.covers(known.source(), column.source())
                        || Covering.covers(column.source(), known.source()));
    }

    private static Batch.Column wider(Batch.Column known, Batch.Column column) {
        Batch.Column wider = Covering.covers(known.source(), column.source()) ? known : column;
        boolean nullable = known.source().nullable() || column.source().nullable();
        return nullable ? nullable(wider) : wider;
    }

    /** The columns as places in the union, which grows by those that it lacks. */
    private List<Integer> members(RowSchema schema) {
        List<Integer> members = new ArrayList<>();
        for (Batch.Column column : schema.columns()) {
            Integer index = byName.get(column.name());
            if (index == null) {
                index = columns.size();
                byName.put(column.name(), index);
                columns.add(column);
            } else {
                columns.set(index, wider(columns.get(index), column));
            }
            members.add(index);
        }
        return members;
    }

    private static Batch.Column nullable(Batch.Column column) {
        return new Batch.Column(column.source().asNullable(), column.encoding());
    }

    /** Places in {@code from} whose columns {@code in} lacks. */
    static int[] missing(int[] from, int[] in) {
        return java.util.stream.IntStream.range(0, from.length)
                .filter(place -> Arrays.stream(in).noneMatch(column -> column == from[place]))
                .toArray();
    }
}
