package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** Cases of the contract: the ledger, asked directly. */
public interface DestinationCases extends ContractCase {
    Feed FEED = new Feed(TableId.of("shop", "orders"), new TopicPartition("mirror.shop.orders", 0));
    LastRecord LAST = new LastRecord(9, 1_700_000_000_000L, 42);

    private static Claim begin(Destination destination, Feed feed, long next) {
        return claim(destination.begin(Map.of(feed, next)), feed);
    }

    private static Claim claim(Map<Feed, Claim> claims, Feed feed) {
        return Objects.requireNonNull(claims.get(feed), () -> feed + " is not among " + claims);
    }

    private static Outcome advance(Destination destination, Feed feed, long from, long to, long epoch) {
        return destination.apply(List.of(), List.of(new Advance(feed, from, to, epoch, LAST)));
    }

    @Test
    default void whatWasNeverBegunIsNotClaimed() throws Exception {
        try (Destination destination = destination("one")) {
            assertThat(destination.claim(Set.of(FEED.partition()))).isEmpty();
            assertThat(destination.partitions(FEED.partition().topic())).isEmpty();
        }
    }

    @Test
    default void aBegunFeedIsClaimed() throws Exception {
        try (Destination destination = destination("one")) {
            Claim begun = begin(destination, FEED, 5);
            assertThat(begun.next()).isEqualTo(5);
            assertThat(begun.last()).isNull();
            Map<Feed, Claim> claims = destination.claim(Set.of(FEED.partition()));
            assertThat(claims).containsOnlyKeys(FEED);
            assertThat(claim(claims, FEED).next()).isEqualTo(5);
            assertThat(claim(claims, FEED).epoch()).isGreaterThan(begun.epoch());
        }
    }

    @Test
    default void beginningAgainClaims() throws Exception {
        try (Destination destination = destination("one")) {
            Claim first = begin(destination, FEED, 5);
            Claim second = begin(destination, FEED, 7);
            assertThat(second.next()).isEqualTo(5);
            assertThat(second.epoch()).isGreaterThan(first.epoch());
        }
    }

    @Test
    default void theLedgerOutlivesTheSession() throws Exception {
        try (Destination destination = destination("one")) {
            Claim begun = begin(destination, FEED, 0);
            assertThat(advance(destination, FEED, 0, 10, begun.epoch())).isInstanceOf(Outcome.Applied.class);
        }
        try (Destination destination = destination("one")) {
            Claim claim = claim(destination.claim(Set.of(FEED.partition())), FEED);
            assertThat(claim.next()).isEqualTo(10);
            assertThat(claim.last()).isEqualTo(LAST);
        }
    }

    @Test
    default void anOlderEpochIsFenced() throws Exception {
        try (Destination old = destination("one");
                Destination owner = destination("one")) {
            Claim begun = begin(old, FEED, 0);
            Claim claim = claim(owner.claim(Set.of(FEED.partition())), FEED);
            assertThat(advance(old, FEED, 0, 10, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
            assertThat(advance(owner, FEED, 0, 3, claim.epoch())).isInstanceOf(Outcome.Applied.class);
            assertThat(advance(old, FEED, 3, 10, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
            assertThat(claim(owner.claim(Set.of(FEED.partition())), FEED).next())
                    .isEqualTo(3);
        }
    }

    @Test
    default void anotherPositionIsFenced() throws Exception {
        try (Destination destination = destination("one")) {
            Claim begun = begin(destination, FEED, 4);
            assertThat(advance(destination, FEED, 0, 10, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
            assertThat(advance(destination, FEED, 4, 10, begun.epoch())).isInstanceOf(Outcome.Applied.class);
            assertThat(advance(destination, FEED, 4, 10, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
        }
    }

    @Test
    default void oneFencedFeedHoldsAllOfAnApply() throws Exception {
        Feed other = new Feed(TableId.of("shop", "other"), FEED.partition());
        try (Destination destination = destination("one")) {
            Map<Feed, Claim> begun = destination.begin(Map.of(FEED, 0L, other, 0L));
            List<Advance> advances = List.of(
                    new Advance(FEED, 0, 5, claim(begun, FEED).epoch(), LAST),
                    new Advance(other, 0, 5, claim(begun, other).epoch() + 1, LAST));
            if (capabilities().atomicity() == Capabilities.Atomicity.TABLE) {
                assertThatThrownBy(() -> destination.apply(List.of(), advances)).isInstanceOf(RetriableException.class);
                Map<Feed, Claim> claims = destination.claim(Set.of(FEED.partition()));
                assertThat(claim(claims, FEED).next()).isEqualTo(5);
                assertThat(claim(claims, other).next()).isZero();
                return;
            }
            assertThat(destination.apply(List.of(), advances)).isInstanceOf(Outcome.Fenced.class);
            assertThat(destination.claim(Set.of(FEED.partition())).values())
                    .extracting(Claim::next)
                    .containsOnly(0L);
        }
    }

    @Test
    default void aClaimTakesOnlyThePartitionsAskedFor() throws Exception {
        Feed second = new Feed(FEED.table(), new TopicPartition(FEED.partition().topic(), 1));
        Feed elsewhere = new Feed(FEED.table(), new TopicPartition("it's \"another\" topic", 0));
        try (Destination destination = destination("one")) {
            Map<Feed, Claim> begun = destination.begin(Map.of(FEED, 1L, second, 2L, elsewhere, 3L));
            assertThat(destination.claim(Set.of(second.partition()))).containsOnlyKeys(second);
            assertThat(advance(destination, FEED, 1, 2, claim(begun, FEED).epoch()))
                    .isInstanceOf(Outcome.Applied.class);
            assertThat(advance(destination, second, 2, 3, claim(begun, second).epoch()))
                    .isInstanceOf(Outcome.Fenced.class);
            assertThat(destination.partitions(FEED.partition().topic()))
                    .containsExactlyInAnyOrder(FEED.partition(), second.partition());
            assertThat(destination.claim(Set.of(elsewhere.partition()))).containsOnlyKeys(elsewhere);
        }
    }

    @Test
    default void ledgersOfOtherNamesAreApart() throws Exception {
        try (Destination one = destination("one");
                Destination two = destination("it's two")) {
            Claim first = begin(one, FEED, 1);
            Claim second = begin(two, FEED, 2);
            assertThat(advance(one, FEED, 1, 5, first.epoch())).isInstanceOf(Outcome.Applied.class);
            assertThat(advance(two, FEED, 2, 7, second.epoch())).isInstanceOf(Outcome.Applied.class);
            assertThat(claim(one.claim(Set.of(FEED.partition())), FEED).next()).isEqualTo(5);
        }
    }

    @Test
    default void aRewindMovesBackForgetsTheLastRecordAndFences() throws Exception {
        try (Destination destination = destination("one")) {
            Claim begun = begin(destination, FEED, 0);
            advance(destination, FEED, 0, 10, begun.epoch());
            for (int i = 0; i < 2; i++) {
                destination.rewind(Map.of(FEED.partition(), OptionalLong.of(4)));
            }
            assertThat(advance(destination, FEED, 4, 11, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
            Claim claim = claim(destination.claim(Set.of(FEED.partition())), FEED);
            assertThat(claim.next()).isEqualTo(4);
            assertThat(claim.last()).isNull();
        }
    }

    @Test
    default void aRewindToNothingForgets() throws Exception {
        try (Destination destination = destination("one")) {
            Claim begun = begin(destination, FEED, 0);
            for (int i = 0; i < 2; i++) {
                destination.rewind(Map.of(FEED.partition(), OptionalLong.empty()));
            }
            assertThat(destination.claim(Set.of(FEED.partition()))).isEmpty();
            assertThat(advance(destination, FEED, 0, 10, begun.epoch())).isInstanceOf(Outcome.Fenced.class);
        }
    }

    @Test
    default void manyFeedsMoveTogether() throws Exception {
        Map<Feed, Long> first = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            first.put(new Feed(TableId.of("shop", "t" + i), new TopicPartition("t" + i % 7, i)), (long) i);
        }
        try (Destination destination = destination("one")) {
            Map<Feed, Claim> begun = destination.begin(first);
            List<Advance> advances = begun.entrySet().stream()
                    .map(each -> new Advance(
                            each.getKey(),
                            each.getValue().next(),
                            each.getValue().next() + 5,
                            each.getValue().epoch(),
                            LAST))
                    .toList();
            assertThat(destination.apply(List.of(), advances)).isInstanceOf(Outcome.Applied.class);
            Map<Feed, Claim> claims = destination.claim(Set.of(new TopicPartition("t3", 10)));
            assertThat(claims.values()).extracting(Claim::next).containsExactly(15L);
        }
    }
}
