% ACTORS processes are started, each of which gets one message, sends one to a collector, and ends.
-module(spawn).
-export([main/0]).

-define(ACTORS, 1000000).

main() ->
    Main = self(),
    Collector = spawn_link(fun() -> collect(?ACTORS, 0, Main) end),
    start(0, Collector),
    receive Sum -> io:format("spawn ~b~n", [Sum]) end.

start(?ACTORS, _) -> ok;
start(N, Collector) ->
    spawn(fun() -> receive Value -> Collector ! Value end end) ! N,
    start(N + 1, Collector).

collect(0, Sum, Main) -> Main ! Sum;
collect(Left, Sum, Main) -> receive Value -> collect(Left - 1, Sum + Value, Main) end.
