% One message goes to and fro between two processes, ROUNDS times.
-module(ping_pong).
-export([main/0]).

-define(ROUNDS, 5000000).

main() ->
    Pong = spawn_link(fun() -> pong(0) end),
    Count = ping(Pong, 0),
    Pong ! {report, self()},
    receive {count, Hits} -> io:format("ping-pong ~b~n", [Count + Hits]) end.

ping(_, ?ROUNDS) -> ?ROUNDS;
ping(Pong, Count) ->
    Pong ! {hit, self()},
    receive return -> ping(Pong, Count + 1) end.

pong(Count) ->
    receive
        {hit, By} -> By ! return, pong(Count + 1);
        {report, To} -> To ! {count, Count}
    end.
