% A message goes round a ring of processes until its HOPS are used up; the number of the process that has it then.
-module(thread_ring).
-export([main/0]).

-define(MEMBERS, 503).
-define(HOPS, 10000000).

main() ->
    Main = self(),
    Ring = [spawn_link(fun() -> connect(Id, Main) end) || Id <- lists:seq(1, ?MEMBERS)],
    lists:foreach(fun({Member, Next}) -> Member ! {connect, Next} end, lists:zip(Ring, tl(Ring) ++ [hd(Ring)])),
    hd(Ring) ! ?HOPS,
    receive {last, Id} -> io:format("thread-ring ~b~n", [Id]) end.

connect(Id, Main) -> receive {connect, Next} -> member(Id, Next, Main) end.

member(Id, Next, Main) ->
    receive
        0 -> Main ! {last, Id};
        Left -> Next ! Left - 1, member(Id, Next, Main)
    end.
