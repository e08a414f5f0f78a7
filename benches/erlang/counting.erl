% A producer sends MESSAGES messages to a counter at once, and then asks for the count.
-module(counting).
-export([main/0]).

-define(MESSAGES, 3000000).

main() ->
    Counter = spawn_link(fun() -> counter(0) end),
    produce(Counter, ?MESSAGES),
    Counter ! {retrieve, self()},
    receive {result, Count} -> io:format("counting ~b~n", [Count]) end.

produce(_, 0) -> ok;
produce(Counter, Left) ->
    Counter ! increment,
    produce(Counter, Left - 1).

counter(Count) ->
    receive
        increment -> counter(Count + 1);
        {retrieve, By} -> By ! {result, Count}
    end.
