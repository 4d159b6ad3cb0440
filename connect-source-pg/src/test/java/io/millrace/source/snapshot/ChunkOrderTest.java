package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.TableProgress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/** A table of 60,000 chunks, copied by tasks of very different speeds: what is stored of it stays small. */
class ChunkOrderTest {
    private static final int CHUNKS = 60_000;

    /** What each lane has copied at the end. A lane sees what is committed a while ago, and what others hold not at all. */
    private static List<BitSet> copied(int lanes, long seed) {
        Random random = new Random(seed);
        double[] speed = random.doubles(lanes, 0.2, 5).toArray();
        BitSet claimed = new BitSet();
        BitSet seen = new BitSet();
        List<BitSet> done = new ArrayList<>();
        int[] last = new int[lanes];
        Arrays.fill(last, -1);
        for (int lane = 0; lane < lanes; lane++) {
            done.add(new BitSet());
        }
        for (int tick = 0; claimed.cardinality() < CHUNKS; tick++) {
            if (tick % 5 == 0) {
                seen.or(claimed);
            }
            for (int lane = 0; lane < lanes; lane++) {
                for (int step = 0; step < 1 + random.nextDouble() * speed[lane]; step++) {
                    BitSet taken = (BitSet) seen.clone();
                    taken.or(done.get(lane));
                    int start = ChunkOrder.start(taken, CHUNKS, last[lane], (int) ((long) CHUNKS * lane / lanes));
                    int chunk = claimed.nextClearBit(start);
                    chunk = chunk < CHUNKS ? chunk : claimed.nextClearBit(0);
                    if (chunk < CHUNKS) {
                        claimed.set(chunk);
                        done.get(lane).set(chunk);
                        last[lane] = chunk;
                    }
                }
            }
        }
        return done;
    }

    private static int runs(BitSet done) {
        int runs = 0;
        for (int at = done.nextSetBit(0); at >= 0; at = done.nextSetBit(done.nextClearBit(at))) {
            runs++;
        }
        return runs;
    }

    @Test
    void eachLaneStoresAFewHundredBytesOfSixtyThousandChunks() {
        List<List<String>> bounds = new ArrayList<>();
        for (int i = 1; i < CHUNKS; i++) {
            bounds.add(List.of(Long.toString(1_000_000_000L + i * 500_000L)));
        }
        Cut.Ranges cut = new Cut.Ranges("t", 10, List.of("k"), bounds, false, true, 1, new BitSet());
        try (JsonConverter json = new JsonConverter()) {
            json.configure(Map.of("schemas.enable", "false"), false);
            for (int lanes : new int[] {1, 2, 3, 16}) {
                BitSet all = new BitSet();
                for (BitSet done : copied(lanes, lanes)) {
                    all.or(done);
                    assertThat(runs(done)).as("runs of one of %s lanes", lanes).isLessThan(80);
                    TableProgress progress = new TableProgress(1L << 40, cut.id(), CHUNKS, done);
                    byte[] stored = json.fromConnectData("", null, ChunkPosition.stored(cut, progress));
                    assertThat(stored.length)
                            .as("bytes of %s", new String(stored, StandardCharsets.UTF_8))
                            .isLessThan(6000);
                }
                assertThat(all.cardinality()).isEqualTo(CHUNKS);
            }
        }
    }
}
