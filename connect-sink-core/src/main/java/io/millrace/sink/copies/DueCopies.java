package io.millrace.sink.copies;

import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.Generations.Replaced;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.Resting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Carries out what is due of whole copies, one after the other: one that cannot take its table's place holds up no other.
 * What cannot succeed when it is repeated is left alone from then on, for another instance to try; what
 * another session's lock has kept from it, for a while. Not for several threads.
 */
public final class DueCopies {
    private final Set<Due> left = new HashSet<>();
    private final Resting<Due> locked = new Resting<>();

    /**
     * A copy that something is to be done about.
     *
     * @param state what is known of it, in the target's own word
     */
    public record Due(Generation generation, String state) {}

    /** What is done about one. */
    public interface Step {
        /**
         * Whether its table is replaced now, by this task.
         *
         * @throws RetriableException when it may be when this is repeated
         * @throws ConnectException when it cannot be
         */
        boolean carryOut(Due due);
    }

    /**
     * Goes over all.
     *
     * @param due in the order in which it is to be done
     * @param ask asks the target anything, after something that may succeed when it is repeated: what it throws ends the
     *     round, as a target that does not answer has nothing to do with any one table
     * @throws RetriableException when the target cannot be reached
     */
    public Replaced run(List<Due> due, Step step, Runnable ask) {
        left.retainAll(due);
        locked.retain(due);
        List<TableId> replaced = new ArrayList<>();
        Map<TableId, ConnectException> failures = new HashMap<>();
        for (Due each : due) {
            TableId target = each.generation.target();
            Optional<Locked> resting = locked.reason(each);
            if (resting.isPresent()) {
                failures.putIfAbsent(target, resting.orElseThrow());
                continue;
            }
            try {
                if (!left.contains(each) && step.carryOut(each)) {
                    replaced.add(target);
                }
            } catch (Locked e) {
                locked.add(each, e);
                failures.putIfAbsent(target, e);
            } catch (RetriableException e) {
                ask.run();
                failures.putIfAbsent(target, e);
            } catch (ConnectException e) {
                left.add(each);
                failures.put(target, e);
            }
        }
        return new Replaced(replaced, false, failures);
    }
}
