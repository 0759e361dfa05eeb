package dev.coracle.daemon;

import dev.coracle.core.events.EventExchange;
import dev.coracle.core.testkit.EventExchangeContract;
import java.time.InstantSource;

class EventBusTest implements EventExchangeContract {
    @Override
    public EventExchange exchange() {
        return new EventBus(InstantSource.system());
    }
}
