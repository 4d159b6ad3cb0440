package io.millrace.source.window;

import io.debezium.document.Array;
import io.debezium.document.Document;
import io.debezium.document.DocumentReader;
import io.debezium.document.DocumentWriter;
import io.millrace.source.catalog.TableId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror stores of its tables beside the stream's position: which ones it captures, and which of them are still to
 * be copied. One source offset, so that a table never counts as captured without the copy that it needs. Immutable.
 *
 * @param captured text of the captured tables, a line each, see {@link #name}
 * @param requests in the order in which they are done
 * @param paused whether a signal has paused the copies
 * @param followed the last signals that were followed: one that comes again after a crash is known by it
 * @param signalOffset behind the last signal that was followed from the topic; negative for none
 * @param looked null before the first look for new tables
 */
public record CopyState(
        String captured,
        List<CopyRequest> requests,
        boolean paused,
        List<String> followed,
        long signalOffset,
        @Nullable Looked looked) {
    private static final String CAPTURED = "captured";
    private static final String COPIES = "copies";
    private static final int MOST_FOLLOWED = 50;

    public CopyState {
        requests = List.copyOf(requests);
        followed = List.copyOf(followed);
    }

    /** The order of the entries is part of the name, see {@link io.millrace.source.position.TableProgress#partition}. */
    public static Map<String, String> partition(String server) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("state", "tables");
        return Collections.unmodifiableMap(partition);
    }

    /** A mirror that has nothing to copy. */
    public static CopyState capturing(Set<TableId> tables) {
        return new CopyState(text(tables), List.of(), false, List.of(), -1, null);
    }

    /** Null for an offset that is absent or something else. */
    public static @Nullable CopyState of(@Nullable Map<String, ?> offset) {
        if (offset == null
                || !(offset.get(CAPTURED) instanceof String captured)
                || !(offset.get(COPIES) instanceof String copies)) {
            return null;
        }
        try {
            Document document = DocumentReader.defaultReader().read(copies);
            List<CopyRequest> requests = new ArrayList<>();
            for (Array.Entry entry : document.getOrCreateArray("requests")) {
                requests.add(CopyRequest.of(entry.getValue().asDocument()));
            }
            List<String> followed = new ArrayList<>();
            for (Array.Entry entry : document.getOrCreateArray("followed")) {
                followed.add(entry.getValue().asString());
            }
            return new CopyState(
                    captured,
                    requests,
                    document.getBoolean("paused", false),
                    followed,
                    document.getLong("signal_offset", -1),
                    looked(document));
        } catch (IOException e) {
            throw new UncheckedIOException("the stored offset of the tables' copies is damaged: " + copies, e);
        }
    }

    private static @Nullable Looked looked(Document document) {
        Document looked = document.getDocument("looked");
        if (looked == null) {
            return null;
        }
        List<String> partitions = new ArrayList<>();
        for (Array.Entry entry : looked.getOrCreateArray("partitions")) {
            partitions.add(entry.getValue().asString());
        }
        return new Looked(looked.getString("oldest"), looked.getString("filter"), partitions);
    }

    public Map<String, Object> offset() {
        Document document = Document.create();
        document.setArray(
                "requests",
                Array.create(requests.stream().map(CopyRequest::document).toArray()));
        document.setArray("followed", Array.create(followed.toArray()));
        document.setNumber("signal_offset", signalOffset);
        document.setBoolean("paused", paused);
        if (looked != null) {
            Document seen =
                    Document.create().setString("oldest", looked.oldest()).setString("filter", looked.filter());
            seen.setArray("partitions", Array.create(looked.partitions().toArray()));
            document.setDocument("looked", seen);
        }
        try {
            return Map.of(
                    CAPTURED, captured, COPIES, DocumentWriter.defaultWriter().write(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CopyState with(List<CopyRequest> other) {
        return new CopyState(captured, other, paused, followed, signalOffset, looked);
    }

    /** The captured tables are these by now: new ones are to be copied, copies of others are not wanted any more. */
    public CopyState capturingNow(Set<TableId> tables, List<CopyRequest> more) {
        List<CopyRequest> wanted = new ArrayList<>(requests);
        wanted.removeIf(request -> !tables.contains(request.table()));
        wanted.addAll(more);
        return new CopyState(text(tables), wanted, paused, followed, signalOffset, looked);
    }

    /** A look has found what {@link #capturingNow} tells. */
    public CopyState having(Looked seen) {
        return new CopyState(captured, requests, paused, followed, signalOffset, seen);
    }

    /** As if it had never captured these tables; copies of them that are asked for stay so. */
    CopyState without(Set<TableId> tables) {
        Set<String> names = tables.stream().map(CopyState::name).collect(Collectors.toSet());
        String left = captured.lines().filter(name -> !names.contains(name)).collect(Collectors.joining("\n"));
        return new CopyState(left, requests, paused, followed, signalOffset, looked);
    }

    /** Whether it captured a table. */
    public Predicate<TableId> captures() {
        Set<String> names = Set.of(captured.split("\n"));
        return table -> names.contains(name(table));
    }

    /** Whether another state would say nothing else, but for when it was looked. */
    boolean says(CopyState other) {
        return looked != null
                && other.looked != null
                && looked.sameBut(other.looked)
                && having(other.looked).equals(other);
    }

    CopyState pausing(boolean pause) {
        return new CopyState(captured, requests, pause, followed, signalOffset, looked);
    }

    CopyState adding(CopyRequest request) {
        List<CopyRequest> more = new ArrayList<>(requests);
        more.add(request);
        return with(more);
    }

    /** The first request has come further. */
    CopyState advanced(CopyRequest first) {
        List<CopyRequest> same = new ArrayList<>(requests);
        same.set(0, first);
        return with(same);
    }

    /** The first request is done or given up. */
    CopyState withoutFirst() {
        return with(requests.subList(1, requests.size()));
    }

    /** A signal of the table has been followed. @param name tells it from any other */
    CopyState following(String name) {
        List<String> more = new ArrayList<>(followed);
        more.add(name);
        return new CopyState(
                captured,
                requests,
                paused,
                more.subList(Math.max(0, more.size() - MOST_FOLLOWED), more.size()),
                signalOffset,
                looked);
    }

    /** A signal of the topic has been. */
    CopyState following(long offset) {
        return new CopyState(captured, requests, paused, followed, offset + 1, looked);
    }

    /** Signals of the topic are followed from this offset on, unless some have been. */
    public CopyState followingFrom(long offset) {
        return signalOffset >= 0 ? this : new CopyState(captured, requests, paused, followed, offset, looked);
    }

    /** How a table is named in {@link #captured}: a line each. */
    static String name(TableId table) {
        return table.toString().replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String text(Set<TableId> tables) {
        return tables.stream()
                .map(CopyState::name)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(TreeSet::new), names -> String.join("\n", names)));
    }
}
