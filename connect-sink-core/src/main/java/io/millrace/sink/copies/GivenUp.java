package io.millrace.sink.copies;

import io.millrace.sink.destination.Generations.Generation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people of copies that have ended and do not take their tables' places. */
public final class GivenUp {
    private static final Logger LOG = LoggerFactory.getLogger(GivenUp.class);

    private GivenUp() {}

    /** Its rows were applied to a place that is gone. */
    public static void lost(Generation generation) {
        LOG.error(
                "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                generation.id(),
                generation.target(),
                generation.staging());
    }

    /**
     * It has more rows than the source has told of, and no key.
     *
     * @param numbers both, as "5 rows instead of 3"
     */
    public static void doubled(Generation generation, String numbers) {
        LOG.error(
                "Copy {} of table {} is given up: it has {}, as a task of the source was interrupted and has sent some again, and without a key nothing tells them apart. The table stays as it is; have the source copy it again",
                generation.id(),
                generation.target(),
                numbers);
    }
}
