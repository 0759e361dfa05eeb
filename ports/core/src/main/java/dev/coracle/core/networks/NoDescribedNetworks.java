package dev.coracle.core.networks;

import dev.coracle.base.EngineException.NotFound;
import java.util.List;

/// Where nobody describes networks.
final class NoDescribedNetworks implements DescribedNetworks {
    @Override
    public List<Network> list() {
        return List.of();
    }

    @Override
    public String plan(String network) {
        throw new NotFound("no such network: " + network);
    }

    @Override
    public Connected connect(Attachment attachment, String plan) {
        throw new NotFound("no such network: " + attachment.spec().network());
    }

    @Override
    public void disconnect(Attachment attachment, String plan) {
        throw new NotFound("no such network: " + attachment.spec().network());
    }
}
