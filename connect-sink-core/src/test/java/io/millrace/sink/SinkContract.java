package io.millrace.sink;

/**
 * What a sink promises, whatever its target: the cases that every destination passes by subclassing. Each case has a
 * target of its own. Cases that need more than the destination's declared capabilities are left out, all others have to
 * pass.
 */
public abstract class SinkContract
        implements RoutingCases,
                FoldCases,
                WriteCases,
                DeleteCases,
                PatchCases,
                EvolutionCases,
                LedgerCases,
                DestinationCases,
                BadRowCases,
                PartitionCases,
                GrowthCases,
                NameCases,
                ValueCases,
                OperatorCases,
                OverwriteCases {
    protected final TopicLog log = new TopicLog();

    @Override
    public final TopicLog log() {
        return log;
    }
}
