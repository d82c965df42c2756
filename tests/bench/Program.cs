using System.CommandLine;
using EdgeFace.Benchmarks;

var root = new RootCommand("What EdgeFace costs, beside its peers and in its parts.")
{
    new Command("peers", "Side by side with dlib, picture by picture, in turns.") { PeersAlign.Create(), PeersPairs.Create() },
    Micro.Create(),
    RtspKills.Create(),
    SearchRatio.Create(),
    DoorLatency.Create(),
    DoorSoak.Create(),
    Sharing.Create(),
    SharingChild.Create(),
    JournalFill.Create(),
    JournalKills.Create(),
    JournalCuts.Create(),
    JournalTampering.Create(),
    JournalChild.Create(),
    DeliveryChaos.Create(),
    DeliveryDrain.Create(),
    DeliveryChild.Create(),
    ConsumerChild.Create(),
    Histories.Create(),
    PushKills.Create(),
    PushChild.Create(),
};
return await root.Parse(args).InvokeAsync();
