package io.millrace.sink.sql;

import io.millrace.sink.destination.Backoff;
import io.millrace.sink.destination.Locked;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Things to do that other sessions' locks have kept from being done, each left alone for a while. Not safe for threads. */
public final class Resting<K> {
    private final Map<K, Rest> things = new HashMap<>();

    private record Rest(Backoff backoff, Locked reason) {}

    /** Another session holds what it needs. */
    public void add(K thing, Locked reason) {
        Rest before = things.get(thing);
        Backoff backoff = before == null ? new Backoff() : before.backoff;
        backoff.failed(System.nanoTime());
        things.put(thing, new Rest(backoff, reason));
    }

    /** Whether it has been left alone since the last {@link #retain} without it. */
    public boolean isKnown(K thing) {
        return things.containsKey(thing);
    }

    /** Why it is left alone now; empty when it is to be done. */
    public Optional<Locked> reason(K thing) {
        return Optional.ofNullable(things.get(thing))
                .filter(rest -> rest.backoff.millisLeft(System.nanoTime()) > 0)
                .map(Rest::reason);
    }

    /** Forgets what is not to be done any more. */
    public void retain(Collection<K> wanted) {
        things.keySet().retainAll(wanted);
    }
}
